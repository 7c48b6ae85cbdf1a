{{/*
What a training runtime is, below its kind: (dict "root" $ "name" name "runtime" runtime). The pods of each node of a run are those of the job
"node", whose container is "node" too: Trainer finds them by these names.
*/}}
{{- define "mec.runtime" -}}
{{- $runtime := .runtime -}}
mlPolicy:
  numNodes: 1
  {{- if ne $runtime.framework "plain" }}
  {{ $runtime.framework }}: {}
  {{- end }}
template:
  spec:
    replicatedJobs:
      - name: node
        template:
          metadata:
            labels:
              trainer.kubeflow.org/trainjob-ancestor-step: trainer
          spec:
            template:
              spec:
                automountServiceAccountToken: false
                enableServiceLinks: false
                securityContext:
                  {{- include "mec.podSecurity" $ | nindent 18 }}
                  runAsUser: {{ int $runtime.user }}
                  runAsGroup: {{ int $runtime.user }}
                  fsGroup: {{ int $runtime.user }}
                {{- if $runtime.gpus }}
                {{- include "mec.gpu" $ | nindent 16 }}
                {{- end }}
                containers:
                  - name: node
                    image: {{ $runtime.image | quote }}
                    imagePullPolicy: IfNotPresent
                    env:
                      - name: HOME
                        value: /tmp
                      {{- with $runtime.secretEnv }}
                      {{- include "mec.env" (dict "secretEnv" .) | nindent 22 }}
                      {{- end }}
                    securityContext:
                      allowPrivilegeEscalation: false
                      readOnlyRootFilesystem: true
                      capabilities:
                        drop: [ALL]
                    resources:
                      {{- include "mec.resources" $runtime | nindent 22 }}
                    volumeMounts:
                      - name: tmp
                        mountPath: /tmp
                volumes:
                  - name: tmp
                    emptyDir: {}
{{- end }}
