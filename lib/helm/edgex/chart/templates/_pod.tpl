{{/* Where a container may do what. */}}
{{- define "edgex.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Environment. Takes the service. */}}
{{- define "edgex.env" -}}
{{- with .env }}
env:
  {{- range $name, $value := . }}
  - name: {{ $name | quote }}
    value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* What a service, and what runs before it, has mounted. Takes the service. */}}
{{- define "edgex.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- range .volumes }}
- name: volume-{{ .name }}
  mountPath: {{ .path | quote }}
{{- end }}
{{- range $number, $directory := include "edgex.configurationDirectories" . | fromJsonArray }}
- name: configuration-{{ $number }}
  mountPath: {{ $directory | quote }}
{{- end }}
{{- range $number, $files := .files }}
- name: files-{{ $number }}
  mountPath: {{ $files.path | quote }}
  readOnly: true
{{- end }}
{{- range $number, $secret := .secrets }}
- name: secret-{{ $number }}
  mountPath: {{ $secret.path | quote }}
  readOnly: true
{{- end }}
{{- end }}

{{/* The volumes of a pod. Takes name and service. */}}
{{- define "edgex.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- range .service.volumes }}
- name: volume-{{ .name }}
  {{- if .claim }}
  persistentVolumeClaim:
    claimName: {{ printf "%s-%s" $.name .name | quote }}
  {{- else }}
  emptyDir:
    {{- if .inMemory }}
    medium: Memory
    {{- end }}
    sizeLimit: {{ .size | quote }}
  {{- end }}
{{- end }}
{{- range $number, $_ := include "edgex.configurationDirectories" .service | fromJsonArray }}
- name: configuration-{{ $number }}
  emptyDir:
    medium: Memory
    sizeLimit: 8Mi
{{- end }}
{{- range $number, $_ := .service.files }}
- name: files-{{ $number }}
  configMap:
    name: {{ printf "%s-files-%v" $.name $number | quote }}
{{- end }}
{{- range $number, $secret := .service.secrets }}
- name: secret-{{ $number }}
  {{- include "edgex.secretVolume" $secret | nindent 2 }}
{{- end }}
{{- if .service.configuration }}
- name: templates
  configMap:
    name: {{ .name }}-configuration
{{- end }}
{{- range $number, $secret := .service.configurationSecrets }}
- name: template-secret-{{ $number }}
  {{- include "edgex.secretVolume" $secret | nindent 2 }}
{{- end }}
{{- end }}

{{/* Keys of a Secret as files that the group of the pod may read. */}}
{{- define "edgex.secretVolume" -}}
secret:
  secretName: {{ .secret | quote }}
  defaultMode: 0440
  items:
    {{- range .keys }}
    - key: {{ . | quote }}
      path: {{ . | quote }}
    {{- end }}
{{- end }}

{{/* What runs before a service, in this order: it waits for the configuration, then what the service itself brings, then its files of
configuration, which so stay as they are. Takes root, name and service. */}}
{{- define "edgex.initContainers" -}}
{{- $root := .root }}
{{- $service := .service }}
{{- if .service.waitsForConfiguration }}
- name: wait-for-configuration
  image: {{ .service.image | quote }}
  imagePullPolicy: IfNotPresent
  command:
    - /bin/sh
    - -c
    - {{ $root.Files.Get "scripts/wait.sh" | toJson }}
    - wait
    - {{ $root.Values.revision | quote }}
  securityContext:
    {{- include "edgex.containerSecurity" . | nindent 4 }}
  resources:
    {{- toYaml $root.Values.initResources | nindent 4 }}
{{- end }}
{{- range .service.init }}
- name: {{ .name | quote }}
  image: {{ $service.image | quote }}
  imagePullPolicy: IfNotPresent
  command:
    {{- range .command }}
    - {{ . | toJson }}
    {{- end }}
  {{- with include "edgex.env" $service | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  securityContext:
    {{- include "edgex.containerSecurity" . | nindent 4 }}
  resources:
    {{- toYaml $root.Values.initResources | nindent 4 }}
  volumeMounts:
    {{- include "edgex.mounts" $service | nindent 4 }}
{{- end }}
{{- with .service.configuration }}
- name: configure
  image: {{ $service.image | quote }}
  imagePullPolicy: IfNotPresent
  command:
    - /bin/sh
    - -c
    - {{ $root.Files.Get "scripts/configure.sh" | toJson }}
    - configure
    {{- range $path, $_ := . }}
    - {{ $path | quote }}
    {{- end }}
  securityContext:
    {{- include "edgex.containerSecurity" $service | nindent 4 }}
  resources:
    {{- toYaml $root.Values.initResources | nindent 4 }}
  volumeMounts:
    {{- include "edgex.mounts" $service | nindent 4 }}
    - name: templates
      mountPath: /mec/templates
      readOnly: true
    {{- range $number, $secret := $service.configurationSecrets }}
    - name: template-secret-{{ $number }}
      mountPath: /mec/secrets/{{ $secret.secret }}
      readOnly: true
    {{- end }}
{{- end }}
{{- end }}

{{/* Template of the pods of a service or a job. Takes root, name, service and restartPolicy. */}}
{{- define "edgex.pod" -}}
metadata:
  labels:
    {{- include "edgex.labels" . | nindent 4 }}
  {{- with pick .service "files" "configuration" }}
  annotations:
    # Files are read when a service starts, so others are another pod.
    checksum/files: {{ . | toJson | sha256sum }}
  {{- end }}
spec:
  # EdgeX listens at the address of its own name, which is that of the Service and, by this, also of the pod.
  hostname: {{ .name | quote }}
  automountServiceAccountToken: false
  # A variable that Kubernetes makes of a Service could be one of EdgeX' own.
  enableServiceLinks: false
  restartPolicy: {{ .restartPolicy | quote }}
  securityContext:
    runAsNonRoot: true
    runAsUser: {{ .service.user.uid | int64 }}
    runAsGroup: {{ .service.user.gid | int64 }}
    fsGroup: {{ .service.user.gid | int64 }}
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  {{- with include "edgex.initContainers" . | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .name | quote }}
      image: {{ .service.image | quote }}
      imagePullPolicy: IfNotPresent
      {{- with .service.command }}
      command:
        {{- range . }}
        - {{ . | toJson }}
        {{- end }}
      {{- end }}
      {{- with .service.args }}
      args:
        {{- range . }}
        - {{ . | toJson }}
        {{- end }}
      {{- end }}
      {{- with include "edgex.env" .service | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with .service.ports }}
      ports:
        {{- range . }}
        - name: {{ .name | quote }}
          containerPort: {{ .port | int }}
          protocol: {{ .protocol | default "TCP" }}
        {{- end }}
      {{- end }}
      {{- with .service.probe }}
      {{- include "edgex.probes" . | nindent 6 }}
      {{- end }}
      securityContext:
        {{- include "edgex.containerSecurity" . | nindent 8 }}
      resources:
        {{- toYaml .service.resources | nindent 8 }}
      volumeMounts:
        {{- include "edgex.mounts" .service | nindent 8 }}
  volumes:
    {{- include "edgex.volumes" . | nindent 4 }}
{{- end }}
