export { Clock } from './clock';
export { type Claimed, type Command, CommandLanes, type Decide, type Lane } from './command-lanes';
export { type Details, DomainException, type ExceptionKind, type Sentence } from './domain-exception';
export { Money } from './money';
export { attempt, granted, type Outcome, settle } from './outcome';
export { mapPage, type Page, type PageRequest, pageOf } from './page';
export { currencyOf, shareWhile } from './shared-reads';
export { UnitOfWork } from './unit-of-work';
export { type FieldError, ValidationFailedException } from './validation-failed.exception';
