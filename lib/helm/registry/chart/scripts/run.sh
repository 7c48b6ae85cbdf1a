#!/bin/sh
# Cleans up while nobody can push, which would lose what is being pushed, then serves until the time of the day at which that is due again:
# the container ends then, and the kubelet starts it anew. A certificate that was renewed is read by that too.
#   run.sh <second of the day, in UTC> <folder of the images> <configuration> [option of garbage-collect…]
set -u
due=$1 images=$2 config=$3
shift 3

# A registry that nothing was pushed to has no folder yet. What fails here, or takes too long, is not worth a registry that does not serve.
if [ -d "$images/docker/registry/v2/repositories" ]; then
  timeout 600 registry garbage-collect "$@" "$config" || echo "clean-up ended with $?" >&2
fi

now=$(date +%s)
left=$(((due - now % 86400 + 86400) % 86400))
# The kubelet takes an end within ten minutes of a start for a crash and waits before the next one; what was cleaned up just now is clean.
if [ "$left" -lt 900 ]; then
  left=$((left + 86400))
fi
exec timeout "$left" registry serve "$config"
