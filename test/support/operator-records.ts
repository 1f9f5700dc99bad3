// Every operator record there is, found by walking the families: a record that the registry forgot is found too.
import type { Operator } from '../../src/operators/define-operator.ts';

export interface OperatorFile {
  readonly id: string;
  readonly path: string;
  readonly text: string;
  readonly operator: Operator;
}

export function operatorFiles(): OperatorFile[] {
  const modules = import.meta.glob<Record<string, unknown>>('../../src/operators/*/*.ts', { eager: true });
  const texts = import.meta.glob<string>('../../src/operators/*/*.ts', {
    eager: true,
    query: '?raw',
    import: 'default',
  });
  const found: OperatorFile[] = [];
  for (const [path, module] of Object.entries(modules)) {
    for (const exported of Object.values(module)) {
      if (!isOperator(exported)) continue;
      found.push({ id: exported.id, path, text: texts[path] as string, operator: exported });
    }
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function isOperator(value: unknown): value is Operator {
  return typeof value === 'object' && value !== null && 'family' in value && 'infer' in value && 'samples' in value;
}
