{{- define "parastore.labels" -}}
app.kubernetes.io/name: parastore
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
