{{/* Where a pod writes, and what it reads. Takes the part. */}}
{{- define "pipelines.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- range .scratch }}
- name: {{ .name | quote }}
  mountPath: {{ .path | quote }}
{{- end }}
{{- with .claim }}
- name: data
  mountPath: {{ .path | quote }}
{{- end }}
{{- range $number, $secret := .secrets }}
- name: secret-{{ $number }}
  mountPath: {{ $secret.path | quote }}
  readOnly: true
{{- end }}
{{- with .files }}
- name: files
  mountPath: {{ .path | quote }}
  readOnly: true
{{- end }}
{{- if .kubernetes }}
- name: kubernetes
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- end }}
{{- if .token }}
- name: token
  mountPath: /var/run/secrets/kubeflow/tokens
  readOnly: true
{{- end }}
{{- end }}

{{/* The volumes of a pod. Takes name and part. */}}
{{- define "pipelines.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- range .part.scratch }}
- name: {{ .name | quote }}
  emptyDir:
    medium: Memory
    sizeLimit: 8Mi
{{- end }}
{{- if .part.claim }}
- name: data
  persistentVolumeClaim:
    claimName: {{ printf "%s-data" .name | quote }}
{{- end }}
{{- range $number, $secret := .part.secrets }}
- name: secret-{{ $number }}
  secret:
    secretName: {{ $secret.secret | quote }}
    defaultMode: 0440
    items:
      {{- range $secret.keys }}
      - key: {{ . | quote }}
        path: {{ . | quote }}
      {{- end }}
{{- end }}
{{- with .part.files }}
- name: files
  configMap:
    name: {{ .configMap | quote }}
{{- end }}
{{- if .part.kubernetes }}
# What Kubernetes mounts by itself into every container of a pod, for this one alone.
- name: kubernetes
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3607
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end }}
{{- with .part.token }}
- name: token
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken:
          path: {{ . | quote }}
          expirationSeconds: 3600
          audience: pipelines.kubeflow.org
{{- end }}
{{- end }}

{{/* The three probes. A first start waits for images, volumes and the database, so it has eleven minutes. Takes the part. */}}
{{- define "pipelines.probes" -}}
startupProbe:
  {{- toYaml .probe | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 132
readinessProbe:
  {{- toYaml .probe | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
livenessProbe:
  {{- toYaml (.liveness | default .probe) | nindent 2 }}
  periodSeconds: 30
  timeoutSeconds: 20
  failureThreshold: 5
{{- end }}

{{/* Template of the pod of a part. Takes root, name and part. */}}
{{- define "pipelines.pod" -}}
{{- $user := .part.user | default 1000 | int }}
metadata:
  labels:
    {{- include "pipelines.labels" . | nindent 4 }}
  {{- with .part.files }}
  annotations:
    # It is read when the part starts, so another one is another pod.
    checksum/file: {{ $.root.Files.Get .source | sha256sum }}
  {{- end }}
spec:
  {{- if .part.kubernetes }}
  serviceAccountName: {{ .name | quote }}
  {{- end }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .part.grace }}
  terminationGracePeriodSeconds: {{ . | int }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: {{ $user }}
    runAsGroup: {{ $user }}
    fsGroup: {{ $user }}
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: {{ .name | quote }}
      image: {{ index .root.Values.images .part.key | quote }}
      imagePullPolicy: IfNotPresent
      {{- with .part.command }}
      command:
        {{- range . }}
        - {{ . | toJson }}
        {{- end }}
      {{- end }}
      {{- if .part.script }}
      args:
        - {{ .root.Files.Get .part.script | toJson }}
        - {{ .part.script | quote }}
        {{- range .part.scriptArgs }}
        - {{ . | quote }}
        {{- end }}
      {{- end }}
      {{- with .part.args }}
      args:
        {{- range . }}
        - {{ . | toJson }}
        {{- end }}
      {{- end }}
      {{- with .part.env }}
      env:
        {{- range $name, $value := . }}
        - name: {{ $name | quote }}
          value: {{ $value | quote }}
        {{- end }}
      {{- end }}
      {{- with .part.ports }}
      ports:
        {{- range . }}
        - name: {{ .name | quote }}
          containerPort: {{ .port | int }}
          protocol: TCP
        {{- end }}
      {{- end }}
      {{- include "pipelines.probes" .part | nindent 6 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      resources:
        {{- toYaml (index .root.Values.resources .part.key) | nindent 8 }}
      volumeMounts:
        {{- include "pipelines.mounts" .part | nindent 8 }}
  volumes:
    {{- include "pipelines.volumes" . | nindent 4 }}
{{- end }}
