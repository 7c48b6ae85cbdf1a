{{/* What a pod is selected by. Takes root and name. */}}
{{- define "pipelines.selector" -}}
app.kubernetes.io/name: {{ .name | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- end }}

{{/* Labels of everything. Takes root and name. */}}
{{- define "pipelines.labels" -}}
{{ include "pipelines.selector" . }}
app.kubernetes.io/part-of: kubeflow-pipelines
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
{{- end }}

{{/* Name, namespace and labels. Takes root, name, and object where the object's name is another. */}}
{{- define "pipelines.metadata" -}}
name: {{ .object | default .name | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- include "pipelines.labels" . | nindent 2 }}
{{- end }}

{{/* Where logs of steps are kept: the workflow controller writes there, the interface looks there. */}}
{{- define "pipelines.logKey" -}}
private-artifacts/{{ "{{workflow.namespace}}/{{workflow.name}}/{{workflow.creationTimestamp.Y}}/{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}/{{pod.name}}" }}
{{- end }}
