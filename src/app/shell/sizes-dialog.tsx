// Sizes that a file leaves open, one field each.
import { useState } from 'react';
import { useView } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ValueField } from '../ui/forms/value-field.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { texts } from '../ui/texts.ts';
import styles from './file-questions.module.css';

const t = laterTexts.sizes;
const largest = 65_536;

export function SizesDialog() {
  const question = useView((view) => view.question);
  const [given, setGiven] = useState<Readonly<Record<string, number>>>({});
  if (question === null) return null;
  const sizes = Object.fromEntries(question.sizes.map(({ name, suggestion }) => [name, given[name] ?? suggestion]));
  return (
    <Dialog
      open
      onClose={() => question.answer(null)}
      title={t.title(question.name)}
      description={t.explanation}
      size="small"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          question.answer(sizes);
        }}
      >
        <div className={styles['sizes']}>
          {question.sizes.map(({ name, inputs, suggestion }) => (
            <ValueField
              key={name}
              label={name}
              hint={t.at(inputs.join(', '))}
              schema={{ type: 'integer', minimum: 1, maximum: largest, default: suggestion }}
              value={given[name]}
              onChange={(next) =>
                setGiven((before) => ({ ...before, [name]: (next as number | undefined) ?? suggestion }))
              }
            />
          ))}
        </div>
        <div className={styles['buttons']}>
          <Button onClick={() => question.answer(null)}>{texts.ui.cancel}</Button>
          <Button look="primary" type="submit">
            {t.open}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
