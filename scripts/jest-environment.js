const { TestEnvironment } = require("jest-environment-node");

/** Node's, with a way out of the sandbox for `jest-library.js`. */
module.exports = class Environment extends TestEnvironment {
  /** @param {ConstructorParameters<typeof TestEnvironment>} of */
  constructor(...of) {
    super(...of);
    this.global.requireShared = (/** @type {string} */ file) => require(file);
  }
};
