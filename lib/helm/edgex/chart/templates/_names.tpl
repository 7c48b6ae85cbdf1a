{{/* What a pod is selected by. Takes root and name. */}}
{{- define "edgex.selector" -}}
app.kubernetes.io/name: {{ .name | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- end }}

{{/* Labels of everything. Takes root and name. */}}
{{- define "edgex.labels" -}}
{{ include "edgex.selector" . }}
app.kubernetes.io/part-of: edgex
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
{{- end }}

{{/* Name, namespace and labels. Takes root, name, and object where the object's name is another. */}}
{{- define "edgex.metadata" -}}
name: {{ .object | default .name | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- include "edgex.labels" . | nindent 2 }}
{{- end }}

{{/* Directories of configuration that are made in memory, as a JSON array: those that are no volume of the service itself. Takes the service. */}}
{{- define "edgex.configurationDirectories" -}}
{{- $volumes := list }}
{{- range .volumes }}{{ $volumes = append $volumes .path }}{{ end }}
{{- $directories := list }}
{{- range $path, $_ := .configuration }}
{{- if not (has (dir $path) $volumes) }}{{ $directories = append $directories (dir $path) }}{{ end }}
{{- end }}
{{- $directories | uniq | toJson }}
{{- end }}
