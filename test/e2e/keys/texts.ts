import {gone, type Tour} from './tour.ts';

/** Every key of a text field, in the filter. Where only the cursor moves, what is written then shows where to. */
export async function editAText(tour: Tour): Promise<void> {
  const field = (text: string): RegExp => new RegExp(`^ filter ❯ ${text} *( ⏎ keep|$)`, 'm');
  await tour.press('filter', '/', /^ filter ❯/m);
  await tour.write('ab', field('ab'));
  await tour.press('text.left', 'left', field('aXb'), 'X');
  await tour.press('text.left', 'ctrl+b', field('aYXb'), 'Y');
  await tour.press('text.right', 'right', field('aYXZb'), 'Z');
  await tour.press('text.right', 'ctrl+f', field('aYXZb1'), '1');
  await tour.press('text.start', 'home', field('0aYXZb1'), '0');
  await tour.press('text.end', 'end', field('0aYXZb12'), '2');
  await tour.press('text.start', 'ctrl+a', field('30aYXZb12'), '3');
  await tour.press('text.end', 'ctrl+e', field('30aYXZb124'), '4');
  await tour.press('text.erase', 'backspace', field('30aYXZb12'));
  await tour.press('text.erase', 'ctrl+backspace', field('30aYXZb1'));
  await tour.press('text.start', 'home', field('-30aYXZb1'), '-');
  await tour.press('text.erase-next', 'delete', field('-0aYXZb1'));
  await tour.press('text.erase-next', 'ctrl+d', field('-aYXZb1'));
  await tour.press('text.erase-after', 'ctrl+k', field('-'));
  await tour.write(' two three', field('- two three'));
  await tour.press('text.erase-word', 'ctrl+w', field('- two'));
  await tour.press('text.erase-word', 'alt+backspace', field('-'));
  await tour.press('text.erase-before', 'ctrl+u', field(''));
  await tour.press('filter.cancel', 'esc', gone(/^ filter ❯/m));
  await tour.write('/x', field('x'));
  await tour.press('filter.cancel', 'ctrl+c', gone(/^ filter ❯/m));
}
