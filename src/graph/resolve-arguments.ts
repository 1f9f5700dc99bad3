// Puts the values of a block's arguments where its inside refers to them: {"arg": "hidden"} → 64.
import { isArgument } from './check-attributes.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * @param members attributes of a node, arguments passed on, or any object that may refer to arguments, lists included
 * @param values of the arguments: the block's defaults overridden by the use's own
 * @returns a copy without references; a reference to an unknown argument becomes undefined and is left out
 */
export function resolveArguments(members: Members, values: Members): Members {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(members)) {
    const resolved = resolve(value, values);
    if (resolved !== undefined) out[key] = resolved;
  }
  return out;
}

/** The arguments of one use of a block: its own over the block's defaults, both free of references. */
export function argumentValues(
  block: { readonly arguments: Members },
  use: { readonly arguments?: Members },
  outer: Members = {},
): Members {
  return { ...block.arguments, ...resolveArguments(use.arguments ?? {}, outer) };
}

function resolve(value: unknown, values: Members): unknown {
  if (isArgument(value)) return Object.hasOwn(values, value.arg) ? values[value.arg] : undefined;
  if (Array.isArray(value)) return value.map((each) => resolve(each, values));
  return typeof value === 'object' && value !== null ? resolveArguments(value as Members, values) : value;
}
