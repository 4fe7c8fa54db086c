import { type CheckOptions, checkBlocks } from './check-blocks.ts';
import { checkLength, checkProperties, checkText, createChecker, missing, type Problem } from './checker.ts';
import { limits } from './limits.ts';
import { type ViewSpec, viewSchema } from './shapes.ts';

/** A view as views.open and its siblings take it: either the typed view, or what is wrong with it. */
export function checkView(
  view: unknown,
  type: 'modal' | 'home' | 'any',
  options: CheckOptions,
): { view: ViewSpec | undefined; problems: Problem[] } {
  const parsed = viewSchema.safeParse(view);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      pointer: ['/view', ...issue.path.map(String)].join('/'),
      message: issue.message,
    }));
    return { view: undefined, problems };
  }
  const spec = parsed.data;
  const checker = createChecker(spec.type, options.usableFile, options.refused);
  if (type !== 'any' && spec.type !== type) {
    checker.problems.push({ pointer: '/view/type', message: `must be a valid enum value: ${type}` });
  }
  checkProperties(checker, '/view', spec, limits.properties.views[spec.type]);
  if (spec.type === 'modal') {
    checkText(checker, '/view/title', spec.title, { limit: limits.view.title, required: true, plain: true });
    checkText(checker, '/view/submit', spec.submit, { limit: limits.view.submit, plain: true });
    checkText(checker, '/view/close', spec.close, { limit: limits.view.close, plain: true });
    const hasInput = spec.blocks.some((block) => block.type === 'input');
    if (hasInput && !spec.submit && limits.view.submit_required_with_input) missing(checker, '/view/submit');
  }
  if (spec.private_metadata !== '') {
    checkLength(checker, '/view/private_metadata', spec.private_metadata, limits.ids.private_metadata.max);
  }
  if (spec.callback_id !== '') checkLength(checker, '/view/callback_id', spec.callback_id, limits.ids.callback_id.max);
  if (spec.external_id !== '') checkLength(checker, '/view/external_id', spec.external_id, limits.ids.external_id.max);
  const { problems } = checkBlocks(spec.blocks, spec.type, '/view/blocks', options);
  return { view: spec, problems: [...checker.problems, ...problems] };
}
