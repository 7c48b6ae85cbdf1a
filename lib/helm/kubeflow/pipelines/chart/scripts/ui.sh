# https://github.com/kubeflow/pipelines/blob/2.17.0/frontend/server/configs.ts
set -eu
MINIO_ACCESS_KEY=$(cat /mec/artifacts/accesskey)
MINIO_SECRET_KEY=$(cat /mec/artifacts/secretkey)
export MINIO_ACCESS_KEY MINIO_SECRET_KEY
cd /server
exec node dist/server.js ../client/ 3000
