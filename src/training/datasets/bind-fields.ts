// Which field of a data set feeds which input of a graph: the binding that choosing a data set makes by itself, and what is
// wrong with a binding. Pure; feeds are input nodes and the targets of losses that nothing is wired to.
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import type { DType } from '../../tensor/dtype.ts';
import { batchShape, type DataField, type DataFields } from './dataset.ts';

/** Something a graph wants to be fed. */
export interface FeedSlot {
  /** An input node (`image`) or a value that nothing computes (`loss.target`). */
  readonly name: string;
  readonly dtype?: DType;
  /** As declared, with names for open dimensions; absent when unknown. */
  readonly shape?: readonly (number | string)[];
}

/** Feed name → field name, as `training.data.bind` holds it. */
export type FieldBinding = Readonly<Record<string, string>>;

/**
 * Binds inputs to input fields and `targets` (inputs wired to a loss's target, and unwired targets) to target fields: first those
 * that share a name, then those whose shape fits, then a lone input to a lone field. Existing choices of `keep` that still
 * name a field stay.
 */
export function bindFields(
  fields: DataFields,
  inputs: readonly FeedSlot[],
  targets: readonly FeedSlot[],
  keep: FieldBinding = {},
): FieldBinding {
  const bind = new Map<string, string>();
  const assign = (slots: readonly FeedSlot[], role: DataField['role']) => {
    const candidates = Object.entries(fields).filter(([, field]) => field.role === role);
    for (const slot of slots) {
      const kept = Object.hasOwn(keep, slot.name) ? keep[slot.name] : undefined;
      const named = candidates.find(([name]) => name === kept) ?? candidates.find(([name]) => name === slot.name);
      const fitting = named ?? candidates.find(([, field]) => fits(field, slot));
      const [field] = fitting ?? (slots.length === 1 ? (candidates[0] ?? []) : []);
      if (field !== undefined) bind.set(slot.name, field);
    }
  };
  assign(inputs, 'input');
  assign(targets, 'target');
  return Object.fromEntries(bind);
}

/** What does not fit in a binding; empty when it can be trained on. */
export function checkBinding(fields: DataFields, slots: readonly FeedSlot[], bind: FieldBinding): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const names = Object.keys(fields).join(', ');
  for (const slot of slots) {
    const chosen = Object.hasOwn(bind, slot.name) ? bind[slot.name] : undefined;
    if (chosen === undefined) {
      diagnostics.push(
        error('E_UNBOUND', `“${slot.name}” is not bound to a field of the data (${names})`, { path: slot.name }),
      );
      continue;
    }
    const field = Object.hasOwn(fields, chosen) ? fields[chosen] : undefined;
    if (field === undefined) {
      diagnostics.push(
        error('E_FIELD', `“${slot.name}” is bound to “${chosen}”, which the data does not have (${names})`, {
          path: slot.name,
        }),
      );
    } else if (!fits(field, slot)) {
      const given = `${field.dtype} [${batchShape(field, 'N').join(', ')}]`;
      const wanted = `${slot.dtype ?? field.dtype} [${(slot.shape ?? batchShape(field, 'N')).join(', ')}]`;
      diagnostics.push(
        error('E_FIELD_SHAPE', `“${slot.name}” takes ${wanted}, the field “${chosen}” gives ${given}`, {
          path: slot.name,
        }),
      );
    }
  }
  return diagnostics;
}

/** Same sizes but for dimensions of 1 (a label fits [N] and [N, 1]); integers may feed floats, not the reverse. */
function fits(field: DataField, slot: FeedSlot): boolean {
  if (slot.dtype === 'int32' && field.dtype === 'float32') return false;
  if (slot.shape === undefined) return true;
  const given = batchShape(field, 'N').filter((size) => size !== 1);
  const wanted = slot.shape.filter((size) => size !== 1);
  return (
    given.length === wanted.length &&
    wanted.every((size, axis) => typeof size === 'string' || given[axis] === 'N' || size === given[axis])
  );
}
