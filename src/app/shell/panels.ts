// Where the panels' contents come from: one chunk each, loaded when first shown.
import { lazy } from 'react';

export const panels = {
  debugger: lazy(async () => ({ default: (await import('../debugger/debugger-panel.tsx')).DebuggerPanel })),
  plan: lazy(async () => ({ default: (await import('../debugger/plan-panel.tsx')).PlanPanel })),
  training: lazy(async () => ({ default: (await import('./training-tab.tsx')).TrainingTab })),
  code: lazy(async () => ({ default: (await import('../code/code-panel.tsx')).CodePanel })),
  inspector: lazy(async () => ({ default: (await import('../inspector/inspector.tsx')).Inspector })),
  problems: lazy(async () => ({ default: (await import('./problems-panel.tsx')).ProblemsPanel })),
  viewer: lazy(async () => ({ default: (await import('../inspector/value-viewer.tsx')).ValueViewer })),
  saliency: lazy(async () => ({ default: (await import('../inspector/saliency-dialog.tsx')).SaliencyDialog })),
} as const;
