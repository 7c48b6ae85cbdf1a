# Writes who may read and write, then starts an object store of $1 files of $2 MiB. All but its S3 interface, which asks for the key, listens within the
# pod alone. https://github.com/seaweedfs/seaweedfs/wiki/Amazon-S3-API
set -eu
umask 077
quoted() {
  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' "$1"
}
access=$(quoted /mec/artifacts/accesskey)
secret=$(quoted /mec/artifacts/secretkey)
cat >/mec/run/s3.json <<END
{"identities":[{"name":"pipelines","credentials":[{"accessKey":"$access","secretKey":"$secret"}],"actions":["Admin"]}]}
END
exec /usr/bin/weed -logtostderr=true server -dir=/data -ip=127.0.0.1 -ip.bind=127.0.0.1 -volume.max="$1" -master.volumeSizeLimitMB="$2" \
  -filer -s3 -s3.config=/mec/run/s3.json -s3.ip.bind=0.0.0.0 -s3.iam=false -s3.port.iceberg=0
