"""The whole system on one machine, deployed from the same template.yaml as in AWS."""
