// Identifiers of nodes, blocks, ports and arguments: [A-Za-z_][A-Za-z0-9_]*. `in` and `out` are a block's own border; the
// names that every JavaScript object inherits are refused too, so that records keyed by ids never meet them.

const pattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

const border: readonly string[] = ['in', 'out'];

/** Longer ones are refused: names are repeated in every value name. */
export const longestIdentifier = 100;

/** Why `text` cannot be an id, in words that continue "`text` …", or undefined when it can. */
export function identifierFault(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.length > longestIdentifier) return `is longer than ${longestIdentifier} characters`;
  if (!pattern.test(text)) return 'may hold only letters, digits and _, and may not begin with a digit';
  if (border.includes(text)) return "is reserved for a block's own inputs and outputs";
  if (isInherited(text)) return 'is reserved';
  return undefined;
}

/** Whether an id may be spelled so. */
export function isIdentifier(text: string): boolean {
  return identifierFault(text) === undefined;
}

/** True for `__proto__`, `constructor`, `toString` …: keys that a plain object has without having them. */
export function isInherited(key: string): boolean {
  return key === 'prototype' || key in Object.prototype;
}

/** An id made of any foreign name: `layer1.0.conv` → `layer1_0_conv`. Ids stay as they are. */
export function toId(title: string): string {
  if (isIdentifier(title)) return title;
  const plain = title
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .slice(0, longestIdentifier - 1);
  const trimmed = plain.replace(/^_+|_+$/g, '');
  if (trimmed === '') return 'node';
  const id = /^[0-9]/.test(trimmed) ? `_${trimmed}` : trimmed;
  return isIdentifier(id) ? id : `${id}_`;
}

/** `base` itself when it is free, otherwise with the least number that makes it so: conv, conv2, conv3 … */
export function uniqueId(base: string, taken: (id: string) => boolean): string {
  if (!taken(base)) return base;
  const stem = base.replace(/[0-9]+$/, '').slice(0, longestIdentifier - 8) || base;
  for (let n = 2; ; n++) if (!taken(`${stem}${n}`)) return `${stem}${n}`;
}
