{{/* What each account may do in the namespace, as YAML. What only users of several namespaces or pipelines of version 1 need is left out.
https://github.com/kubeflow/pipelines/tree/2.17.0/manifests/kustomize/base/pipeline */}}
{{- define "pipelines.rights" -}}
{{- $readable := concat (list .Values.secrets.artifacts) (compact (list .Values.s3.secret)) .Values.secrets.readable | uniq }}
ml-pipeline:
  - { apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, delete] }
  - { apiGroups: [""], resources: [configmaps], resourceNames: [kfp-launcher], verbs: [get] }
  - { apiGroups: [argoproj.io], resources: [workflows], verbs: [create, get, list, watch, update, patch, delete] }
  - { apiGroups: [kubeflow.org], resources: [scheduledworkflows], verbs: [create, get, list, update, patch, delete] }
  - { apiGroups: [kubeflow.org], resources: [scheduledworkflows/finalizers], verbs: [update] }
ml-pipeline-persistenceagent:
  - { apiGroups: [argoproj.io], resources: [workflows], verbs: [get, list, watch] }
  - { apiGroups: [kubeflow.org], resources: [scheduledworkflows], verbs: [get, list, watch] }
  # The API server asks for these of whoever reports to it, where it looks at all.
  - { apiGroups: [pipelines.kubeflow.org], resources: [scheduledworkflows, workflows], verbs: [report] }
  - { apiGroups: [pipelines.kubeflow.org], resources: [runs], verbs: [reportMetrics, readArtifact] }
ml-pipeline-scheduledworkflow:
  - { apiGroups: [""], resources: [events], verbs: [create, patch] }
  - { apiGroups: [argoproj.io], resources: [workflows], verbs: [create, get, list, watch, update, patch, delete] }
  - apiGroups: [kubeflow.org]
    resources: [scheduledworkflows, scheduledworkflows/finalizers]
    verbs: [create, get, list, watch, update, patch, delete]
  - { apiGroups: [pipelines.kubeflow.org], resources: [runs], verbs: [create] }
ml-pipeline-ui:
  - { apiGroups: [""], resources: [pods, pods/log], verbs: [get] }
  - { apiGroups: [""], resources: [events], verbs: [list] }
  - { apiGroups: [""], resources: [secrets], resourceNames: {{ $readable | toJson }}, verbs: [get] }
  - { apiGroups: [argoproj.io], resources: [workflows], verbs: [get, list] }
# https://github.com/argoproj/argo-workflows/blob/v4.0.5/manifests/namespace-install/workflow-controller-rbac/workflow-controller-role.yaml
workflow-controller:
  - { apiGroups: [""], resources: [pods, pods/exec], verbs: [create, get, list, watch, update, patch, delete] }
  - { apiGroups: [""], resources: [configmaps], verbs: [get, watch, list] }
  - { apiGroups: [""], resources: [persistentvolumeclaims, persistentvolumeclaims/finalizers], verbs: [create, update, delete, get] }
  - { apiGroups: [""], resources: [serviceaccounts], verbs: [get, list] }
  - { apiGroups: [""], resources: [secrets], resourceNames: [{{ .Values.secrets.artifacts | quote }}], verbs: [get] }
  - { apiGroups: [""], resources: [events], verbs: [create, patch] }
  - apiGroups: [argoproj.io]
    resources: [workflows, workflows/finalizers, workflowtasksets, workflowtasksets/finalizers, workflowartifactgctasks]
    verbs: [create, get, list, watch, update, patch, delete]
  - { apiGroups: [argoproj.io], resources: [workflowtemplates, workflowtemplates/finalizers], verbs: [get, list, watch] }
  - { apiGroups: [argoproj.io], resources: [workflowtaskresults], verbs: [list, watch, deletecollection] }
  - { apiGroups: [argoproj.io], resources: [cronworkflows, cronworkflows/finalizers], verbs: [get, list, watch, update, patch, delete] }
  - { apiGroups: [policy], resources: [poddisruptionbudgets], verbs: [create, get, delete] }
# The pods of a pipeline: what its driver and launcher do (backend/src/v2) and Argo's executor. Upstream gives much more, such as all pods and Deployments;
# a pipeline that makes objects gets a Role of its own, bound to this account.
pipeline-runner:
  - { apiGroups: [""], resources: [pods], verbs: [get] }
  - { apiGroups: [""], resources: [configmaps], resourceNames: [kfp-launcher], verbs: [get] }
  - { apiGroups: [""], resources: [secrets], resourceNames: {{ $readable | toJson }}, verbs: [get] }
  - { apiGroups: [""], resources: [persistentvolumeclaims], verbs: [get, create, delete] }
  - { apiGroups: [argoproj.io], resources: [workflowtaskresults], verbs: [create, patch] }
{{- end }}
