# The server reads user and password from its environment alone, where a Secret would be seen by whoever may see the pod.
# https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/apiserver/client_manager/client_manager.go
set -eu
DBCONFIG_MYSQLCONFIG_USER=$(cat /mec/database/username)
DBCONFIG_MYSQLCONFIG_PASSWORD=$(cat /mec/database/password)
OBJECTSTORECONFIG_ACCESSKEY=$(cat /mec/artifacts/accesskey)
OBJECTSTORECONFIG_SECRETACCESSKEY=$(cat /mec/artifacts/secretkey)
export DBCONFIG_MYSQLCONFIG_USER DBCONFIG_MYSQLCONFIG_PASSWORD OBJECTSTORECONFIG_ACCESSKEY OBJECTSTORECONFIG_SECRETACCESSKEY
# Without the samples, which are of version 1 in part.
exec /bin/apiserver --config=/mec/config -logtostderr=true --logLevel=info
