import hashlib, hmac, json, os, sys, time, urllib.request as l
# Brings the node agent: fetches it from S3 by the digest that /etc/mec/node.json names, and becomes it.
#
# It is user data, so it must stay small (every quote and line break counts twice there) and hold no Terraform template:
# names are short, quotes single, indents one space. Comment lines are dropped when it is rendered.
# Signature: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
# Metadata: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
E = os.environ.get
R = E('MEC_ROOT', '')
A = R + '/opt/mec/agent.py'
def sha(b):
 return hashlib.sha256(b).hexdigest()
Z = sha(b'')
# The body of an answer; throws OSError (urllib's errors are some) after 10 seconds of silence.
def get(u, h, m='GET'):
 return l.urlopen(l.Request(u, None, h, method=m), timeout=10).read()
# The Authorization header of a GET without query: access key, secret, region, service, path, headers by lower-case name.
def sign(k, s, r, v, p, h):
 d = h['x-amz-date']
 c = d[:8], r, v, 'aws4_request'
 n = sorted(h)
 l = ';'.join(n)
 q = '\n'.join(['GET', p, '', *[f'{x}:{h[x]}' for x in n], '', l, Z])
 a = 'AWS4-HMAC-SHA256'
 o = '/'.join(c)
 s = ('AWS4' + s).encode()
 for x in *c, '\n'.join([a, d, o, sha(q.encode())]):
  s = hmac.digest(s, x.encode(), 'sha256')
 return f'{a} Credential={k}/{o}, SignedHeaders={l}, Signature={s.hex()}'
# One try; throws what it meets. The agent's file appears whole, verified and at once, or not at all.
def fetch():
 n = json.load(open(R + '/etc/mec/node.json'))
 b, g = n['bucket'], n['agent']
 m = E('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://169.254.169.254') + '/latest/'
 t = 'X-aws-ec2-metadata-token'
 t = {t: get(m + 'api/token', {t + '-ttl-seconds': '60'}, 'PUT').decode()}
 i = lambda p: get(m + 'meta-data/' + p, t).decode()
 r = i('placement/region')
 p = 'iam/security-credentials/'
 c = json.loads(i(p + i(p)))
 e = E('AWS_ENDPOINT_URL')
 u = (f'{e}/{b}' if e else f'https://{b}.s3.{r}.amazonaws.com') + '/' + g['key']
 o, p = u.split('/', 3)[2:]
 h = {'host': o,
  'x-amz-content-sha256': Z,
  'x-amz-date': time.strftime('%Y%m%dT%H%M%SZ', time.gmtime()),
  'x-amz-security-token': c['Token']}
 h['authorization'] = sign(c['AccessKeyId'], c['SecretAccessKey'], r, 's3', '/' + p, h)
 d = get(u, h)
 if sha(d) != g['sha256']:
  raise OSError('digest')
 n = A + '~'
 with open(n, 'wb') as f:
  f.write(d)
  f.flush()
  os.fsync(f)
 os.replace(n, A)
if __name__ == '__main__':
 w = 1
 while not os.path.exists(A):
  try:
   fetch()
  except Exception as e:
   print(e, flush=True)
   time.sleep(w)
   w = min(30, 2 * w)
 os.execv(sys.executable, [sys.executable, '-I', '-S', A])
