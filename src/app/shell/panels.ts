// Where the panels' contents come from: one chunk each, loaded when first shown.
import { type ComponentType, lazy } from 'react';

type Module = Readonly<Record<string, ComponentType>>;

const modules = import.meta.glob<Module>([
  '../debugger/debugger-panel.tsx',
  '../debugger/plan-panel.tsx',
  '../trainer/training-panel.tsx',
  '../code/code-panel.tsx',
  '../inspector/inspector.tsx',
  '../inspector/value-viewer.tsx',
  '../inspector/saliency-dialog.tsx',
]);

function panel(path: string, name: string): ComponentType {
  return lazy(async () => ({ default: (await modules[path]?.())?.[name] ?? (() => null) }));
}

export const panels = {
  debugger: panel('../debugger/debugger-panel.tsx', 'DebuggerPanel'),
  plan: panel('../debugger/plan-panel.tsx', 'PlanPanel'),
  training: panel('../trainer/training-panel.tsx', 'TrainingPanel'),
  code: panel('../code/code-panel.tsx', 'CodePanel'),
  inspector: panel('../inspector/inspector.tsx', 'Inspector'),
  viewer: panel('../inspector/value-viewer.tsx', 'ValueViewer'),
  saliency: panel('../inspector/saliency-dialog.tsx', 'SaliencyDialog'),
} as const;
