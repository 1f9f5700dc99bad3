import { ChevronDown } from 'lucide-react';
import type { ComponentType } from 'react';
import { allProblems } from '../state/all-problems.ts';
import { useDocument, useSession, useView, useWorkbench } from '../state/context.tsx';
import type { DockTab } from '../state/view-store.ts';
import { IconButton } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { Tabs } from '../ui/tabs.tsx';
import { texts } from '../ui/texts.ts';
import styles from './dock.module.css';
import { LazyPanel } from './lazy-panel.tsx';
import { panels } from './panels.ts';

const tabs: Readonly<Record<DockTab, ComponentType>> = {
  debugger: panels.debugger,
  training: panels.training,
  plan: panels.plan,
  code: panels.code,
  problems: panels.problems,
};

export function Dock() {
  const { look } = useWorkbench();
  const tab = useView((view) => view.dockTab);
  const faults = useDocument((data) => data.faults);
  const document = useDocument((data) => data.document);
  const reported = useSession((data) => data.problems);
  const all = allProblems(reported, { faults, document });
  const calm = all.every(({ severity }) => severity === 'info');
  const badge = all.length > 0 && <span className={cx(styles['badge'], calm && styles['calm'])}>{all.length}</span>;
  return (
    <Tabs
      label={texts.shell.dock}
      tabs={(Object.keys(tabs) as DockTab[]).map((id) => ({
        id,
        title: texts.shell.tabs[id],
        ...(id === 'problems' ? { badge } : {}),
      }))}
      value={tab}
      onChange={(id) => look({ dockTab: id })}
      actions={
        <IconButton label={texts.shell.collapseDock} icon={ChevronDown} onClick={() => look({ dockOpen: false })} />
      }
    >
      {(id) => <LazyPanel key={id} panel={tabs[id]} />}
    </Tabs>
  );
}
