// A modal dialog: focus stays inside, Escape and the backdrop close it, focus goes back to where it was.
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { cx } from './cx.ts';
import styles from './dialog.module.css';
import { texts } from './texts.ts';
import { useFocusBack } from './use-focus-back.ts';

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: string;
  /** Width: `small` 420 px, `large` most of the window. */
  readonly size?: 'small' | 'medium' | 'large';
  readonly children: ReactNode;
}

export function Dialog({ open, onClose, title, description, size = 'medium', children }: DialogProps) {
  useFocusBack();
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={styles['overlay']} />
        <Radix.Content
          className={cx(styles['dialog'], styles[size])}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onEscapeKeyDown={(event) => {
            // Suggestions that hang open over it go first.
            if (event.target instanceof Element && event.target.matches('[aria-expanded="true"]'))
              event.preventDefault();
          }}
        >
          <div className={styles['head']}>
            <Radix.Title className={styles['title']}>{title}</Radix.Title>
            <IconButton label={texts.ui.close} icon={X} onClick={onClose} />
          </div>
          {description !== undefined && (
            <Radix.Description className={styles['description']}>{description}</Radix.Description>
          )}
          <div className={styles['body']}>{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
