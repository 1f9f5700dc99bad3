// What is trained on: the source and its options, which field feeds what, and how it is split.
import { FilePlus } from 'lucide-react';
import { type DragEvent, useMemo, useRef, useState } from 'react';
import type { DataSourceFacts } from '../../engine/protocol.ts';
import { setData, setTraining } from '../../graph/edits/set-training.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import { useDocument, useSession, useWorkbench } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { formatCount } from '../ui/format.ts';
import { SelectControl, SwitchControl } from '../ui/forms/controls.tsx';
import { Field } from '../ui/forms/field.tsx';
import { SchemaForm } from '../ui/forms/schema-form.tsx';
import { ValueField } from '../ui/forms/value-field.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { addDataFiles } from './add-data-files.ts';
import { batchShape, bindSlot, chooseData, feedSlots } from './choose-data.ts';
import { DiagnosticList } from './diagnostic-list.tsx';
import styles from './training-panel.module.css';

export function DataSection() {
  const workbench = useWorkbench();
  const { edit, document } = workbench;
  const data = useDocument((state) => state.graph.training.data);
  const sources = useSession((state) => state.sources);
  const [told, setTold] = useState<readonly Diagnostic[]>([]);
  const picker = useRef<HTMLInputElement>(null);
  const source = sources.find(({ id }) => id === data?.source);

  async function take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    const added = await addDataFiles(workbench, files);
    if (added === null) return;
    setTold(added.diagnostics);
    if (added.source !== null) choose(added.source);
  }
  const choose = (chosen: DataSourceFacts): void =>
    edit(laterTexts.training.edits.data(chosen.title), (draft) => chooseData(draft, chosen));
  const change = (patch: Parameters<typeof setData>[1]): void =>
    edit(laterTexts.training.edits.setup, (draft) => setData(draft, patch), 'training data');

  const missing = data !== undefined && source === undefined && sources.length > 0;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may be dropped anywhere on it; the button does the same
    <div
      className={styles['section']}
      onDragOver={(event: DragEvent) => event.dataTransfer.types.includes('Files') && event.preventDefault()}
      onDrop={(event: DragEvent) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        void take([...event.dataTransfer.files]);
      }}
    >
      <h3>{laterTexts.training.data}</h3>
      <Field label={laterTexts.training.source} fault={missing ? laterTexts.training.missing(data.source) : undefined}>
        {(ids) => (
          <SelectControl
            ids={ids}
            value={data?.source ?? ''}
            options={[
              { value: '', title: laterTexts.training.noSource },
              ...sources.map(({ id, title }) => ({ value: id, title })),
              ...(missing ? [{ value: data.source, title: data.source }] : []),
            ]}
            onChange={(id) => {
              const chosen = sources.find((each) => each.id === id);
              if (chosen) choose(chosen);
              else if (id === '')
                edit(laterTexts.training.edits.noData, (draft) => setTraining(draft, { data: undefined }));
            }}
          />
        )}
      </Field>
      {source && (
        <p className={styles['note']}>
          {source.summary} {countsText(source)}
        </p>
      )}
      <div className={styles['files']}>
        <Button icon={FilePlus} onClick={() => picker.current?.click()} title={laterTexts.training.filesHint}>
          {laterTexts.training.addFiles}
        </Button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={laterTexts.training.addFiles}
          onChange={({ target }) => {
            void take([...(target.files ?? [])]);
            target.value = '';
          }}
        />
      </div>
      <DiagnosticList diagnostics={told} />
      {data && source && (
        <>
          <Bindings
            source={source}
            bind={data.bind}
            onChange={(slot, field) =>
              edit(laterTexts.training.edits.bind(slot), (draft) => bindSlot(draft, source, slot, field))
            }
          />
          <SchemaForm
            schema={source.options as Readonly<Record<string, unknown>>}
            values={data.options}
            onChange={(key, value) => {
              const { [key]: _, ...rest } = document.store.getState().graph.training.data?.options ?? {};
              change({ options: value === undefined ? rest : { ...rest, [key]: value } });
            }}
          />
          <ValueField
            label={laterTexts.training.validation}
            hint={laterTexts.training.validationHint}
            schema={{ type: 'number', minimum: 0, maximum: 0.9, default: 0.1 }}
            value={data.validation === 0.1 ? undefined : data.validation}
            onChange={(value) => change({ validation: typeof value === 'number' ? value : 0.1 })}
          />
          <Field label={laterTexts.training.shuffle}>
            {(ids) => <SwitchControl ids={ids} checked={data.shuffle} onChange={(shuffle) => change({ shuffle })} />}
          </Field>
        </>
      )}
    </div>
  );
}

interface BindingsProps {
  readonly source: DataSourceFacts;
  readonly bind: Readonly<Record<string, string>>;
  readonly onChange: (slot: string, field: string | undefined) => void;
}

/** Which field feeds which input. */
function Bindings({ source, bind, onChange }: BindingsProps) {
  const nodes = useDocument((state) => state.graph.nodes);
  const edges = useDocument((state) => state.graph.edges);
  const slots = useMemo(() => {
    const { inputs, targets } = feedSlots(nodes, edges);
    return [...inputs, ...targets];
  }, [nodes, edges]);
  const options = [
    { value: '', title: laterTexts.training.unbound },
    ...Object.entries(source.fields).map(([name, field]) => ({
      value: name,
      title: `${name} [${batchShape(field).join(', ')}]`,
    })),
  ];
  return slots.map((slot) => (
    <Field
      key={slot}
      label={laterTexts.training.feeds(slot)}
      fault={bind[slot] === undefined ? laterTexts.training.feedsNothing : undefined}
    >
      {(ids) => (
        <SelectControl
          ids={ids}
          value={bind[slot] ?? ''}
          options={options}
          onChange={(field) => onChange(slot, field === '' ? undefined : field)}
        />
      )}
    </Field>
  ));
}

function countsText({ counts }: DataSourceFacts): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([split, count]) => laterTexts.training.count(split, formatCount(count)))
    .join(', ');
}
