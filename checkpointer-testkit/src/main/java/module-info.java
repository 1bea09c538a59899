/**
 * The contract that every engine passes.
 */
module dev.checkpointer.testkit {}
