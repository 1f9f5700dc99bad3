import { describe, expect, it } from 'vitest';
import { bindFields, checkBinding } from '../../../../src/training/datasets/bind-fields.ts';
import { characters } from '../../../../src/training/datasets/characters.ts';
import { digits } from '../../../../src/training/datasets/digits.ts';

describe('bindFields', () => {
  it('binds image to the only input and label to every unwired target', () => {
    const inputs = [{ name: 'x', dtype: 'float32', shape: ['N', 1, 28, 28] }] as const;
    const targets = [{ name: 'loss.target', dtype: 'int32' }, { name: 'other.target' }] as const;
    const bind = bindFields(digits.fields, inputs, targets);
    expect(bind).toEqual({ x: 'image', 'loss.target': 'label', 'other.target': 'label' });
    expect(checkBinding(digits.fields, [...inputs, ...targets], bind)).toEqual([]);
  });

  it('binds the character example of the design: text, and an input that is wired to the target', () => {
    const slot = (name: string) => ({ name, dtype: 'int32', shape: [32, 'N'] }) as const;
    const bind = bindFields(characters.fields, [slot('text')], [slot('next')]);
    expect(bind).toEqual({ text: 'input', next: 'target' });
  });

  it('leaves inputs alone that no field fits, unless there is only one', () => {
    const image = { name: 'a', dtype: 'float32', shape: ['N', 1, 28, 28] } as const;
    const state = { name: 'h', dtype: 'float32', shape: ['N', 64] } as const;
    expect(bindFields(digits.fields, [state, image], [])).toEqual({ a: 'image' });
    expect(bindFields(digits.fields, [state], [])).toEqual({ h: 'image' });
  });

  it('keeps choices that still name a field, and prefers equal names', () => {
    const inputs = [{ name: 'image' }, { name: 'b' }] as const;
    const fields = { ...digits.fields, second: { ...digits.fields['image'], role: 'input' } } as typeof digits.fields;
    expect(bindFields(fields, inputs, [], { b: 'second', image: 'gone' })).toEqual({ image: 'image', b: 'second' });
    expect(bindFields(digits.fields, [{ name: '__proto__' }], [])).toEqual(
      Object.fromEntries([['__proto__', 'image']]),
    );
  });

  it('explains with the shapes what does not fit', () => {
    const slots = [
      { name: 'x', dtype: 'float32', shape: ['N', 3, 32, 32] },
      { name: 'loss.target', dtype: 'float32', shape: ['N', 1] },
      { name: 'y' },
      { name: 'z' },
    ] as const;
    const found = checkBinding(digits.fields, slots, { x: 'image', 'loss.target': 'label', y: 'picture' });
    expect(found.map((d) => `${d.code} ${d.message}`)).toEqual([
      'E_FIELD_SHAPE “x” takes float32 [N, 3, 32, 32], the field “image” gives float32 [N, 1, 28, 28]',
      'E_FIELD “y” is bound to “picture”, which the data does not have (image, label)',
      'E_UNBOUND “z” is not bound to a field of the data (image, label)',
    ]);
  });
});
