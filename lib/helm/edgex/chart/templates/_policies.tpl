{{/* Who is meant by what is outside of EdgeX: networks, or the pods of a namespace. */}}
{{- define "edgex.peers" -}}
{{- range .cidrs }}
- ipBlock:
    cidr: {{ . | quote }}
    {{- if eq . "0.0.0.0/0" }}
    # Not what a node asks for its own credentials.
    except: [169.254.0.0/16]
    {{- end }}
{{- end }}
{{- with .namespace }}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Ports of a policy. */}}
{{- define "edgex.policyPorts" -}}
{{- range . }}
- port: {{ .port | int }}
  protocol: {{ .protocol | default "TCP" }}
{{- end }}
{{- end }}
