"""Public parameters: what AWS publishes under `/aws/service/`, and what an operator publishes there."""
