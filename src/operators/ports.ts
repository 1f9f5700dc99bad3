// Variadic ports: `x` with `variadic: 1` stands for x0, x1, …; contexts hand operators the list under `x`.
import type { PortSpec } from './define-operator.ts';

type Ports = Readonly<Record<string, PortSpec>>;

/** The declared port behind a name (`x3` → x), or undefined. */
export function portOf(
  ports: Ports,
  name: string,
): { readonly key: string; readonly spec: PortSpec; readonly index: number | null } | undefined {
  const own = Object.hasOwn(ports, name) ? ports[name] : undefined;
  if (own && own.variadic === undefined) return { key: name, spec: own, index: null };
  const match = /^([A-Za-z_]+?)(\d+)$/.exec(name);
  const key = match?.[1];
  const spec = key !== undefined && Object.hasOwn(ports, key) ? ports[key] : undefined;
  return key !== undefined && spec?.variadic !== undefined ? { key, spec, index: Number(match?.[2]) } : undefined;
}

/** Gathers x0, x1, … into lists: what operators' contexts hold. Missing optional ports stay undefined. */
export function gatherPorts<T>(
  ports: Ports,
  lookup: (name: string) => T | undefined,
): Record<string, T | readonly T[] | undefined> {
  const out: Record<string, T | readonly T[] | undefined> = {};
  for (const [key, spec] of Object.entries(ports)) {
    if (spec.variadic === undefined) {
      out[key] = lookup(key);
      continue;
    }
    const list: T[] = [];
    for (let item = lookup(key + list.length); item !== undefined; item = lookup(key + list.length)) list.push(item);
    out[key] = list;
  }
  return out;
}

/** The reverse: lists become x0, x1, …; undefined entries are left out. */
export function spreadPorts<T>(
  values: Readonly<Record<string, T | readonly (T | undefined)[] | undefined>>,
): [string, T][] {
  const out: [string, T][] = [];
  for (const [key, value] of Object.entries(values)) {
    if (Array.isArray(value)) {
      (value as readonly (T | undefined)[]).forEach((item, i) => {
        if (item !== undefined) out.push([key + i, item]);
      });
    } else if (value !== undefined) out.push([key, value as T]);
  }
  return out;
}
