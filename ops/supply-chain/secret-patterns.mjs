// What a secret looks like. A line that only looks like one bears the mark `not-a-secret`, so that whoever reviews it sees the claim.

export const MARK = 'not-a-secret';

/** Values that documentation and tests use in the place of one. */
const PLACEHOLDER = /^(x+|\.+|\*+|<.*>|\$\{.*|example.*|changeme|placeholder|password|secret|test.*|your[-_].*)$/i;

export const PATTERNS = [
  { name: 'private key', pattern: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*(?:\\n)?[A-Za-z0-9+/]{40}/ },
  { name: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { name: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,90})\b/ },
  { name: 'Stripe key', pattern: /\b[rs]k_live_[A-Za-z0-9]{16,}/ },
  { name: 'Stripe test key', pattern: /\b[rs]k_test_[A-Za-z0-9]{24,}/ },
  { name: 'Stripe webhook secret', pattern: /\bwhsec_[A-Za-z0-9]{24,}/ },
  { name: 'Duffel token', pattern: /\bduffel_(?:live|test)_[\w-]{30,}/ },
  { name: 'Slack token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{20,}/ },
  { name: 'Google API key', pattern: /\bAIza[\w-]{35}\b/ },
  { name: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { name: 'JSON Web Token', pattern: /\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}/ },
  { name: 'private JSON Web Key', pattern: /"d"\s*:\s*"[\w-]{40,}"/ },
  {
    name: 'address with a password',
    pattern: /\b(?:postgres(?:ql)?|rediss?|smtps?|https?):\/\/[^\s:@/'"`${}]+:([^\s@/'"`${}]{6,})@[\w.-]+/,
    isSecret: ([, password]) => !PLACEHOLDER.test(password),
  },
  {
    name: 'assigned secret',
    pattern:
      /\b(?:[A-Z0-9]+_)*(?:SECRET|TOKEN|PASSWORD|API_KEY|MASTER_KEY)[A-Z0-9_]*\s*[=:]\s*['"]?([A-Za-z0-9+/_-]{20,}={0,2})/,
    isSecret: ([, value]) => !PLACEHOLDER.test(value) && /\d/.test(value) && entropy(value) > 3.5,
  },
];

/** Bits per character (Shannon): words have about three, random base64 about five. */
function entropy(text) {
  const counts = new Map();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return -[...counts.values()].reduce((sum, count) => sum + (count / text.length) * Math.log2(count / text.length), 0);
}

/** Secrets in a text: name and line of each, never the secret itself. */
export function secretsIn(text) {
  return text.split('\n').flatMap((line, at) => {
    if (line.includes(MARK)) return [];
    const found = PATTERNS.find(({ pattern, isSecret = () => true }) => {
      const match = pattern.exec(line);
      return match && isSecret(match);
    });
    return found ? [{ name: found.name, line: at + 1 }] : [];
  });
}
