/**
 * The keys that occur twice in one object of a JSON text, as `path/key`; JSON.parse keeps the last silently.
 * The text must be valid JSON (parse it first): the scan only has to tell strings from structure.
 */
export function duplicateKeys(json: string): string[] {
  const found: string[] = [];
  const open: { readonly keys: Set<string> | null; readonly path: string }[] = [];
  let key = '';
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (char === '{' || char === '[') {
      const parent = open.at(-1);
      const path = parent === undefined || parent.keys === null ? (parent?.path ?? '') : `${parent.path}${key}/`;
      open.push({ keys: char === '{' ? new Set() : null, path });
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === '"') {
      const start = at;
      do at += json[at] === '\\' ? 2 : 1;
      while (json[at] !== '"');
      const object = open.at(-1);
      if (!object?.keys || !/^\s*:/.test(json.slice(at + 1, at + 65))) continue;
      key = JSON.parse(json.slice(start, at + 1)) as string;
      if (object.keys.has(key)) found.push(object.path + key);
      object.keys.add(key);
    }
  }
  return found;
}
