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

{{- define "mec.probeConfig" -}}
modules:
  tls:
    prober: tcp
    timeout: 10s
    tcp:
      tls: true
      preferred_ip_protocol: ip4
      tls_config:
        # Whether there is an answer and until when its certificate is valid: nothing is told to whoever answers.
        insecure_skip_verify: true
{{- end }}
