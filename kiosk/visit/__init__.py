"""What a service may use during one visit, the state of a visit, and the steps of a job."""
