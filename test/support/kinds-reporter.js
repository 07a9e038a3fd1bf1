/** Says at the end how many tests of each kind ran, and closes with one line for all of them. */
class KindsReporter {
  onRunComplete(_contexts, { testResults }) {
    const kinds = new Map();
    for (const { displayName, testResults: tests, testExecError } of testResults) {
      const kind = kinds.get(displayName.name) ?? { passed: 0, failed: 0, skipped: 0 };
      for (const { status } of tests) kind[status === 'passed' || status === 'failed' ? status : 'skipped'] += 1;
      if (testExecError) kind.failed += 1;
      kinds.set(displayName.name, kind);
    }
    const total = { passed: 0, failed: 0, skipped: 0 };
    process.stdout.write('\n');
    for (const [name, kind] of kinds) {
      process.stdout.write(`${name.padEnd(14)} ${sentence(kind)}\n`);
      for (const status of Object.keys(total)) total[status] += kind[status];
    }
    process.stdout.write(`\n${sentence(total)}\n`);
  }
}

function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

module.exports = KindsReporter;
