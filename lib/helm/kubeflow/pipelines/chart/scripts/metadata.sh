# Writes how the database is reached, as a file rather than as arguments that every process of the node could read, and waits for it.
# https://github.com/google/ml-metadata/blob/v1.14.0/ml_metadata/metadata_store/metadata_store_server_main.cc
set -eu
umask 077
# The first process of a container is ended by no signal that it does not ask for.
trap 'exit 143' TERM INT
quoted() {
  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' "$1"
}
user=$(quoted /mec/database/username)
password=$(quoted /mec/database/password)
cat >/mec/run/server.pbtxt <<END
connection_config {
  mysql { host: "mysql" port: 3306 database: "metadb" user: "$user" password: "$password" }
}
migration_options { enable_upgrade_migration: true }
END
until timeout 5 bash -c 'exec 3<>/dev/tcp/mysql/3306' 2>/dev/null; do
  echo "waiting for the database"
  sleep 5
done
exec /bin/metadata_store_server --grpc_port=8080 --metadata_store_server_config_file=/mec/run/server.pbtxt \
  --grpc_channel_arguments=grpc.max_metadata_size=16384,grpc.max_receive_message_length=104857600,grpc.max_send_message_length=104857600
