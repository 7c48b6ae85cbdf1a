{{- define "registry.selector" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/name: image-registry
{{- end }}

{{- define "registry.labels" -}}
{{ include "registry.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "registry.tlsSecret" -}}
{{- if .Values.tls.issuer.name }}{{ .Release.Name }}-tls{{ else }}{{ .Values.tls.secret }}{{ end -}}
{{- end }}

{{- define "registry.authSecret" -}}
{{ .Values.auth.secret | default (printf "%s-credentials" .Release.Name) }}
{{- end }}

{{- define "registry.config" -}}
version: 0.1
log:
  level: info
  accesslog:
    # The kubelet asks every few seconds.
    disabled: true
storage:
  filesystem:
    rootdirectory: /var/lib/registry
  delete:
    enabled: true
auth:
  htpasswd:
    realm: registry
    path: /registry/auth/htpasswd
http:
  addr: :5000
  # With it the registry ends by itself when it is told to, and what is being pulled is finished.
  draintimeout: 20s
  {{- if include "registry.tlsSecret" . }}
  tls:
    certificate: /registry/tls/tls.crt
    key: /registry/tls/tls.key
    minimumtls: tls1.2
  {{- end }}
health:
  storagedriver:
    enabled: true
{{- end }}

{{- /* It answers without a password, unless the volume does not. */}}
{{- define "registry.look" -}}
httpGet:
  path: /
  port: 5000
  scheme: {{ empty (include "registry.tlsSecret" .) | ternary "HTTP" "HTTPS" }}
{{- end }}
