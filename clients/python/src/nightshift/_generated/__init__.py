"""The contract's messages as protobuf's own; written by generate.py. The rest of the client turns them into dataclasses."""
