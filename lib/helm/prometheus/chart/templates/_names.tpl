{{- define "mec.probe" -}}
{{ .Release.Name }}-probe
{{- end }}

{{- define "mec.labels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: mec-monitoring
{{- end }}

{{- define "mec.probeSelector" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/name: mec-probe
{{- end }}
