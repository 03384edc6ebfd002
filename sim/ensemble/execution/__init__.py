"""Where runs are computed: here, in processes, on a cluster; and how what is finished gets to the store."""
