# Ends once core-keeper has the common configuration of the revision $1: a service that starts earlier takes the one before, or none.
# https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/internal/core/keeper/controller/http/kv.go
keys=http://edgex-core-keeper:59890/api/v3/kvs/key
revision=$keys/edgex/v4/core-common-config-bootstrapper/mec/Revision
# The first process of a container is ended by no signal that it does not ask for.
trap 'exit 143' TERM INT
tries=0
# wget's own time limit is not used: with it some builds of busybox end by a fault of their own.
until timeout 10 wget -q -O - "$revision?plaintext=true" 2>/dev/null | grep -q -F "\"$1\""; do
  if [ $((tries % 15)) -eq 0 ]; then
    echo "waiting until core-keeper has the common configuration $1"
  fi
  tries=$((tries + 1))
  sleep 2
done
