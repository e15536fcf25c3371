package io.lamella.gateway.plan;

/// What a block's meta proves about a request: nothing matches ([Verdict.Skip]), or its shards must
/// be opened.
public sealed interface BlockVerdict permits Verdict.Skip, BlockVerdict.Open {
  /// @param request narrowed to the block
  record Open(RowRequest request) implements BlockVerdict {}
}
