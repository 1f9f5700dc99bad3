// What recording may cost, and the learning rate of the iteration that is stood on.
import { useEffect } from 'react';
import type { TimelineFacts } from '../../../engine/protocol/timeline.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';
import { editRun } from '../../state/run-edits.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatBytes, formatExact } from '../../ui/format.ts';
import { SelectControl, SwitchControl, TextControl } from '../../ui/forms/controls.tsx';
import { useDraft } from '../../ui/forms/use-draft.ts';
import styles from './history-view.module.css';

const t = debuggerTexts.history;
const limits = [32, 64, 128, 256, 512, 1024].map((megabytes) => megabytes * 2 ** 20);
/** The value that holds the learning rate. */
const rateName = 'lr';

interface RecordingSettingsProps {
  readonly facts: TimelineFacts;
  readonly onFacts: (facts: TimelineFacts | null) => void;
}

export function RecordingSettings({ facts, onFacts }: RecordingSettingsProps) {
  const { link } = useWorkbench();
  const { bytes, limitBytes, snapshots } = facts;
  const sizes = limits.includes(limitBytes) ? limits : [limitBytes, ...limits];
  const set = (settings: { limitBytes?: number; on?: boolean }): void =>
    void link.ask((api) => api.setRecording(settings)).then(onFacts);
  return (
    <div className={styles['settings']}>
      <Rate />
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control stands inside */}
      <label title={t.recordHint}>
        {t.record}
        <SwitchControl ids={{}} checked={facts.on} onChange={(on) => set({ on })} />
      </label>
      <label title={t.memoryOf(formatBytes(bytes), formatBytes(limitBytes), snapshots.length)}>
        {t.memory}
        <meter min={0} max={limitBytes} value={bytes} aria-label={t.memory} />
        <span className={styles['bytes']}>{formatBytes(bytes)}</span>
        <SelectControl
          ids={{}}
          label={t.limit}
          value={String(limitBytes)}
          options={sizes.map((size) => ({ value: String(size), title: formatBytes(size) }))}
          onChange={(size) => set({ limitBytes: Number(size) })}
        />
      </label>
    </div>
  );
}

/** The rate of this iteration; another one forks the run. */
function Rate() {
  const workbench = useWorkbench();
  const { link } = workbench;
  const rate = useSession(({ summaries }) => summaries[rateName]?.elements?.[0] ?? null);
  useEffect(() => {
    link.watch('history', [{ name: rateName, example: 0 }]);
    return () => link.watch('history', []);
  }, [link]);
  const draft = useDraft(rate === null ? '' : formatExact(rate), (text) => {
    const next = Number(text.replaceAll('−', '-'));
    if (!(next > 0) || !Number.isFinite(next)) return t.rateFault;
    void editRun(workbench, { kind: 'rate', rate: next });
    return undefined;
  });
  if (rate === null) return null;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control stands inside
    <label>
      {t.rate}
      <span className={styles['rate']}>
        <TextControl ids={draft.fault === undefined ? {} : { 'aria-invalid': true }} field={draft} label={t.rate} />
      </span>
      {draft.fault !== undefined && (
        <span className={styles['fault']} role="alert">
          {draft.fault}
        </span>
      )}
    </label>
  );
}
