{{/* What a probe does. */}}
{{- define "edgex.probe" -}}
{{- with .http -}}
httpGet:
  path: {{ .path | quote }}
  port: {{ .port | int }}
{{- end }}
{{- with .tcp -}}
tcpSocket:
  port: {{ .port | int }}
{{- end }}
{{- with .command -}}
exec:
  command:
    {{- range . }}
    - {{ . | toJson }}
    {{- end }}
{{- end }}
{{- end }}

{{/* The three probes of a service. EdgeX waits for what it needs for 600 seconds, so a start has 660. */}}
{{- define "edgex.probes" -}}
startupProbe:
  {{- include "edgex.probe" . | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 132
readinessProbe:
  {{- include "edgex.probe" . | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
livenessProbe:
  {{- include "edgex.probe" . | nindent 2 }}
  periodSeconds: 20
  timeoutSeconds: 10
  failureThreshold: 6
{{- end }}
