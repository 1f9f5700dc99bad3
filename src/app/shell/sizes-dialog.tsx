// What a file leaves open, one field each: sizes, and numbers and shapes of inputs.
import { useState } from 'react';
import { useView } from '../state/context.tsx';
import type { Answers, QuestionField } from '../state/view-store.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ValueField } from '../ui/forms/value-field.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { texts } from '../ui/texts.ts';
import styles from './file-questions.module.css';

const t = laterTexts.sizes;

export function SizesDialog() {
  const question = useView((view) => view.question);
  const [given, setGiven] = useState<Answers>({});
  if (question === null) return null;
  const { name, fields, answer } = question;
  const shownOf = ({ id, suggestion }: QuestionField) => (Object.hasOwn(given, id) ? given[id] : suggestion);
  return (
    <Dialog
      open
      onClose={() => answer(null)}
      title={t.title(name)}
      description={fields.some(({ optional }) => optional) ? `${t.explanation} ${t.numbersExplanation}` : t.explanation}
      size="small"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const wrong = event.currentTarget.querySelector<HTMLElement>('[aria-invalid]');
          if (wrong) return wrong.focus();
          answer(Object.fromEntries(fields.map((field) => [field.id, shownOf(field)])));
        }}
      >
        <div className={styles['sizes']}>
          {fields.map((field) => {
            const { id, label, hint, schema, suggestion, optional } = field;
            const change = (next: unknown) => setGiven((before) => ({ ...before, [id]: next }));
            return optional ? (
              <ValueField
                key={id}
                label={label}
                hint={hint}
                schema={schema}
                value={shownOf(field)}
                placeholder={t.leftOpen}
                onChange={change}
              />
            ) : (
              <ValueField
                key={id}
                label={label}
                hint={hint}
                schema={{ ...schema, default: suggestion }}
                value={given[id]}
                onChange={(next) => change(next ?? suggestion)}
              />
            );
          })}
        </div>
        <div className={styles['buttons']}>
          <Button onClick={() => answer(null)}>{texts.ui.cancel}</Button>
          <Button look="primary" type="submit">
            {t.open}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
