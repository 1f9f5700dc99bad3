/** Tensors and their fields lie this deep; what lies deeper is no header, and its paths would take more room than the file. */
const deepest = 3;
/** Of paths that are told, and of the characters of a key in them. */
const [mostFound, mostCharacters] = [100, 200];

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
      const path = parent?.keys && open.length < deepest ? `${parent.path}${shown(key)}/` : (parent?.path ?? '');
      open.push({ keys: char === '{' ? new Set() : null, path });
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === '"') {
      const start = at;
      do at += json[at] === '\\' ? 2 : 1;
      while (json[at] !== '"');
      const object = open.at(-1);
      if (!object?.keys || open.length > deepest || !/^\s*:/.test(json.slice(at + 1, at + 65))) continue;
      key = JSON.parse(json.slice(start, at + 1)) as string;
      if (object.keys.has(key) && found.push(object.path + shown(key)) === mostFound) return found;
      object.keys.add(key);
    }
  }
  return found;
}

function shown(key: string): string {
  return key.length > mostCharacters ? `${key.slice(0, mostCharacters)}…` : key;
}
