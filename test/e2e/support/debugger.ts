// The Debugger tab in the user's language: its parts, and where a run is taken that has a past.
import type { Locator } from '@playwright/test';
import { expect, type Workbench } from './workbench.ts';

/** Breakpoints, watches, log and history, beside the list of steps. */
export function side({ page }: Workbench): Locator {
  return page.getByRole('group', { name: 'Beside the steps' });
}

/** The steps of the iteration as a slider. */
export function strip({ page }: Workbench): Locator {
  return page.getByRole('slider', { name: 'Position in the iteration' });
}

/** The iterations of the run as a slider. */
export function history({ page }: Workbench): Locator {
  return page.getByRole('slider', { name: 'History of the run' });
}

/** LeNet after three iterations, stood at the start of the third. */
export async function standInPast(workbench: Workbench): Promise<void> {
  await workbench.open();
  await workbench.example('LeNet-5');
  for (let i = 0; i < 3; i++) await workbench.press('Shift+F5', 'F10');
  await side(workbench).getByText('History').click();
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '3');
  await history(workbench).press('ArrowLeft');
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '2');
}
