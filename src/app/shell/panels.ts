// Where the panels' contents come from: one chunk each, loaded when first shown.
import { type ComponentType, lazy } from 'react';

type Module = Readonly<Record<string, ComponentType>>;

const modules = import.meta.glob<Module>([
  '../debugger/debugger-panel.tsx',
  '../debugger/plan-panel.tsx',
  './training-tab.tsx',
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
  training: panel('./training-tab.tsx', 'TrainingTab'),
  code: panel('../code/code-panel.tsx', 'CodePanel'),
  inspector: panel('../inspector/inspector.tsx', 'Inspector'),
  problems: lazy(async () => ({ default: (await import('./problems-panel.tsx')).ProblemsPanel })),
  viewer: panel('../inspector/value-viewer.tsx', 'ValueViewer'),
  saliency: panel('../inspector/saliency-dialog.tsx', 'SaliencyDialog'),
} as const;
