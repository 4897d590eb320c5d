// oidc-provider's advice on Node.js versions is for the log of the processes that run it, not for each command of an operator.
const { warn } = console;
console.warn = (...words: unknown[]) => {
  if (!String(words[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...words);
};
