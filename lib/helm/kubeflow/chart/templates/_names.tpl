{{/* Labels of every object: (dict "root" $ "name" name "component" component). */}}
{{- define "mec.labels" -}}
app.kubernetes.io/name: {{ .name | quote }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/part-of: mec-kubeflow
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* What KServe's own Service selects pods of a model by. */}}
{{- define "mec.modelSelector" -}}
app: isvc.{{ . }}-predictor
{{- end }}

{{/* Requests and limits with GPUs: (dict "resources" resources "gpus" number). */}}
{{- define "mec.resources" -}}
{{- $resources := .resources }}
{{- if .gpus }}
{{- $gpus := dict "nvidia.com/gpu" (toString .gpus) }}
{{- $resources = dict "requests" (merge (dict) .resources.requests $gpus) "limits" (merge (dict) .resources.limits $gpus) }}
{{- end }}
{{- toYaml $resources }}
{{- end }}

{{/* What has a pod placed on a node with a GPU. */}}
{{- define "mec.gpu" -}}
runtimeClassName: nvidia
tolerations:
  - key: nvidia.com/gpu
    operator: Exists
{{- end }}

{{/* What every pod may at most. */}}
{{- define "mec.podSecurity" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Variables with their texts, and those of Secrets: (dict "env" env "secretEnv" secretEnv), either may be left out. */}}
{{- define "mec.env" -}}
{{- range $name, $value := .env }}
- name: {{ $name | quote }}
  value: {{ $value | quote }}
{{- end }}
{{- range $name, $from := .secretEnv }}
- name: {{ $name | quote }}
  valueFrom:
    secretKeyRef:
      name: {{ $from.name | quote }}
      key: {{ $from.key | quote }}
{{- end }}
{{- end }}
