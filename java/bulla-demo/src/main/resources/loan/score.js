// A score from the sealed variables, read and written as if nothing was sealed.
const amount = execution.getVariable('amount');
const income = execution.getVariable('income');
const risk = execution.getVariable('risk');

const score = income * 1000 / amount + (risk === 'elevated-risk' ? 0.125 : 1.125);
execution.setVariable('score', score);

// A note that not even the engine's own users can read: sealed by the application itself.
const Context = Java.type('dev.bulla.Context');
const place = Context.of('loans', execution.getProcessInstanceId(), 'note');
execution.setVariable('note', notary.seal('scored ' + score.toFixed(3) + ' by rule of thumb', place));
