{{/* The parts, by the name of their Service, as YAML. `key` finds image and resources; `talksTo` opens the network to others; what is `kubernetes`
has a token of an account of its own, what is `internet` reads files from S3; `open` are ports for pods of other namespaces that are let in, `steps` those for pods of a pipeline. */}}
{{- define "pipelines.parts" -}}
{{- $secrets := .Values.secrets }}
{{- $database := dict "path" "/mec/database" "secret" $secrets.database "keys" (list "username" "password") }}
{{- $artifacts := dict "path" "/mec/artifacts" "secret" $secrets.artifacts "keys" (list "accesskey" "secretkey") }}
ml-pipeline:
  key: apiServer
  command: [/bin/sh, -c]
  script: scripts/api-server.sh
  env:
    POD_NAMESPACE: {{ .Release.Namespace | quote }}
    PUBLISH_LOGS: "true"
    V2_DRIVER_IMAGE: {{ .Values.images.driver | quote }}
    V2_LAUNCHER_IMAGE: {{ .Values.images.launcher | quote }}
  ports: [{ name: http, port: 8888 }, { name: grpc, port: 8887 }]
  probe: { httpGet: { path: /apis/v1beta1/healthz, port: 8888 } }
  secrets: {{ list $database $artifacts | toJson }}
  files: { configMap: ml-pipeline-config, path: /mec/config, source: files/config.yaml }
  kubernetes: true
  talksTo: [{ part: mysql, port: 3306 }, { part: seaweedfs, port: 8333 }]
  open: [8888, 8887]
  steps: [8888, 8887]
ml-pipeline-persistenceagent:
  key: persistenceAgent
  command:
    - /bin/persistence_agent
    - --logtostderr=true
    - --logLevel=info
    - {{ printf "--namespace=%s" .Release.Namespace | quote }}
    # Runs stay in the database; what is deleted after a day is the object in Kubernetes.
    - --ttlSecondsAfterWorkflowFinish=86400
    - --numWorker=2
    - --executionType=Workflow
  # It listens at no port: all that can be seen from outside is that it runs.
  probe: { exec: { command: [pidof, persistence_agent] } }
  kubernetes: true
  token: persistenceagent-sa-token
  talksTo: [{ part: ml-pipeline, port: 8888 }, { part: ml-pipeline, port: 8887 }]
ml-pipeline-scheduledworkflow:
  key: scheduledWorkflow
  command:
    - /bin/controller
    - --logtostderr=true
    - --logLevel=info
    - {{ printf "--namespace=%s" .Release.Namespace | quote }}
    - --clientQPS=10
    - --clientBurst=20
    - --recurringRunResyncIntervalSeconds=30
    - --metricsPort=9090
  env: { CRON_SCHEDULE_TIMEZONE: UTC }
  ports: [{ name: metrics, port: 9090 }]
  probe: { httpGet: { path: /metrics, port: 9090 } }
  kubernetes: true
  token: scheduledworkflow-sa-token
  talksTo: [{ part: ml-pipeline, port: 8887 }]
ml-pipeline-ui:
  key: ui
  command: [/bin/sh, -c]
  script: scripts/ui.sh
  env:
    ML_PIPELINE_SERVICE_HOST: ml-pipeline
    ML_PIPELINE_SERVICE_PORT: "8888"
    METADATA_ENVOY_SERVICE_SERVICE_HOST: metadata-envoy-service
    METADATA_ENVOY_SERVICE_SERVICE_PORT: "9090"
    MINIO_HOST: seaweedfs
    MINIO_NAMESPACE: {{ .Release.Namespace | quote }}
    MINIO_PORT: "9000"
    FRONTEND_SERVER_NAMESPACE: {{ .Release.Namespace | quote }}
    ARGO_ARCHIVE_LOGS: "true"
    ARGO_KEYFORMAT: {{ include "pipelines.logKey" . | quote }}
    DISABLE_GKE_METADATA: "true"
    ALLOW_CUSTOM_VISUALIZATIONS: "false"
  ports: [{ name: http, port: 3000, service: 80 }]
  probe: { httpGet: { path: /apis/v1beta1/healthz, port: 3000 } }
  secrets: {{ list $artifacts | toJson }}
  kubernetes: true
  talksTo: [{ part: ml-pipeline, port: 8888 }, { part: metadata-envoy-service, port: 9090 }, { part: seaweedfs, port: 8333 }]
  internet: {{ not (empty .Values.s3) }}
  open: [3000]
metadata-grpc-service:
  key: metadata
  command: [/bin/bash, -c]
  script: scripts/metadata.sh
  ports: [{ name: grpc, port: 8080 }]
  probe: { tcpSocket: { port: 8080 } }
  secrets: {{ list $database | toJson }}
  scratch: [{ name: run, path: /mec/run }]
  talksTo: [{ part: mysql, port: 3306 }]
  steps: [8080]
metadata-envoy-service:
  key: metadataProxy
  command: [/usr/local/bin/envoy, -c, /etc/envoy/envoy.yaml, --concurrency, "1", --disable-hot-restart, --log-level, warn]
  ports: [{ name: http, port: 9090 }]
  probe: { tcpSocket: { port: 9090 } }
  files: { configMap: metadata-envoy-configmap, path: /etc/envoy, source: files/envoy.yaml }
  talksTo: [{ part: metadata-grpc-service, port: 8080 }]
mysql:
  key: database
  user: 999
  grace: 60
  args:
    # A file system has a lost+found at its top, which a data directory may not.
    - --datadir=/var/lib/mysql/data
    # The metadata store knows no other way to log in.
    - --authentication-policy=mysql_native_password
    - --mysql-native-password=ON
    - --disable-log-bin
    - --mysqlx=OFF
    # Half of the memory that MySQL takes when it does nothing. https://dev.mysql.com/doc/refman/8.4/en/performance-schema-memory-model.html
    - --performance-schema=OFF
  env:
    MYSQL_ROOT_HOST: localhost
    MYSQL_ROOT_PASSWORD_FILE: /mec/database/password
    MYSQL_USER_FILE: /mec/database/username
    MYSQL_PASSWORD_FILE: /mec/database/password
  ports: [{ name: tcp, port: 3306 }]
  # By TCP, as the server that makes a new volume listens at its socket alone; it asks for no password.
  probe: { exec: { command: [mysqladmin, ping, --host=127.0.0.1, --connect-timeout=3, --silent] } }
  secrets: {{ list $database | toJson }}
  files: { configMap: mysql-initdb, path: /docker-entrypoint-initdb.d, source: scripts/grants.sh }
  claim: { size: {{ .Values.storage.database | quote }}, path: /var/lib/mysql }
  scratch: [{ name: socket, path: /var/run/mysqld }]
seaweedfs:
  key: artifacts
  command: [/bin/sh, -c]
  script: scripts/artifacts.sh
  # One file at a time rather than seven, so that artifacts get nearly all of them.
  env: { WEED_MASTER_VOLUME_GROWTH_COPY_1: "1" }
  scriptArgs: [{{ .Values.storage.artifactFiles | int | quote }}, {{ .Values.storage.artifactFile | int | quote }}]
  ports: [{ name: http-s3, port: 8333, service: 9000 }]
  probe: { httpGet: { path: /status, port: 8333 } }
  secrets: {{ list $artifacts | toJson }}
  claim: { size: {{ .Values.storage.artifacts | quote }}, path: /data }
  scratch: [{ name: run, path: /mec/run }]
  steps: [8333]
workflow-controller:
  key: workflowController
  # The user of the image.
  user: 8737
  command:
    - workflow-controller
    - --configmap=workflow-controller-configmap
    - {{ printf "--executor-image=%s" .Values.images.executor | quote }}
    - --namespaced
  env:
    # There is one of it.
    LEADER_ELECTION_DISABLE: "true"
    TRANSIENT_ERROR_PATTERN: (?i)(imminent node shutdown|node is shutting down|preempt|evict|spot|pod deleted)
  ports: [{ name: health, port: 6060 }]
  probe: { tcpSocket: { port: 6060 } }
  # Also whether workflows wait for it for more than five minutes.
  liveness: { httpGet: { path: /healthz, port: 6060 } }
  kubernetes: true
{{- end }}
