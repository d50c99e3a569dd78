/** Variables that keep what is sent to this machine from going through a proxy, which would swallow it. */
export function withoutProxy(env: Readonly<Record<string, string>>): Record<string, string> {
  const proxied = Object.keys(env).some(name => /^(https?|all)_proxy$/i.test(name));
  if (!proxied) return {};
  // Programs read the one or the other: each has to hold what both did.
  const given = [env['NO_PROXY'], env['no_proxy']].flatMap(list => (list ?? '').split(','));
  const names = [...given.map(name => name.trim()).filter(Boolean), '127.0.0.1', 'localhost'];
  const list = [...new Set(names)].join(',');
  return {NO_PROXY: list, no_proxy: list};
}
